"""The shipped networks beside torchvision's: what is published, what is built, how they compare."""
