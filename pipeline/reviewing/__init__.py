"""What people should look at next: labels that are probably wrong, and unlabelled sentences worth a label."""
