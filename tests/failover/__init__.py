"""The web application while its database hangs, dies or moves to another machine."""
