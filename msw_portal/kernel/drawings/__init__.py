"""Family tree and ecomap: the payload, its check, its layout, and one SVG for screen and print."""
