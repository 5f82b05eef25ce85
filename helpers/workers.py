"""Data sets that lesson 05 sends to worker processes.

They stand in a module, because a process that is started afresh (on Windows and macOS, and from
Python 3.14 on everywhere) imports the class of what it is sent, and cannot import a notebook.
"""

import os
import time

import torch
from torch.utils.data import Dataset


class Slow(Dataset):
    """n samples; fetching one takes a while, as from a slow disk. Sample i is the tensor i."""

    def __init__(self, n, seconds):
        self.n, self.seconds = n, seconds

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        time.sleep(self.seconds)
        return torch.tensor(i)


class WhoAmI(Dataset):
    """n samples; each is the id of the process that fetched it."""

    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        return os.getpid()


class Faulty(Dataset):
    """n samples, and the one numbered `bad` cannot be read."""

    def __init__(self, n, bad):
        self.n, self.bad = n, bad

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        if i == self.bad:
            raise ValueError(f"sample {i} is damaged")
        return torch.tensor(i)


class Dying(Faulty):
    """As Faulty, but whoever fetches the sample `bad` is killed, as when memory runs out."""

    def __getitem__(self, i):
        if i == self.bad:
            time.sleep(0.2)  # memory takes a while to fill up
            os.kill(os.getpid(), 9)
        return torch.tensor(i)
