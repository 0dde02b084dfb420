"""What a change is: standard library only, no I/O, no clock."""
