"""The pages of the documentation that are made from the code, a module each; they know no site."""
