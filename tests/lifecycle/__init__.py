"""The life of a change: a machine plays everything that can be heard, and looks at the promises after each step."""
