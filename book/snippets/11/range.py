from bisect import bisect_left, bisect_right

# Three tables of a level, by key. Which of them overlap the range c to k?
firsts = ["a", "f", "k"]
lasts = ["c", "g", "m"]

print(lasts[bisect_left(lasts, "c"):bisect_right(firsts, "k")])
# The wrong twin at both ends: the tables that share one key are left out.
print(lasts[bisect_right(lasts, "c"):bisect_left(firsts, "k")])
