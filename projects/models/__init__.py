"""Django finds the classes here; everything else imports from the module that holds them."""
