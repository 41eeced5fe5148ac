"""What of casework comes in from files: persons with their stays, referrals, contacts."""
