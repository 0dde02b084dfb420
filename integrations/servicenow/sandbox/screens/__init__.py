"""What people see and press in ServiceNow itself."""
