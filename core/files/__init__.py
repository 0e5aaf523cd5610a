"""Files that somebody sends: what they are, what they tell about their maker, what they say."""
