"""What every API of the project stands on. It knows no app: each brings its rows, rules and errors along."""
