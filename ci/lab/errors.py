"""What can go wrong, each with the exit code that a caller sees and what to do about it."""

WRONG_USE = 2
MACHINE_CANNOT = 3
SETUP_FAILED = 123
TIMED_OUT = 124
GUEST_FAILED = 125
NOT_EXECUTABLE = 126
NOT_FOUND = 127


class LabError(Exception):
    """A failure with a remedy. The message says what happened, the remedy what to do."""

    code = GUEST_FAILED

    def __init__(self, message, remedy=""):
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self):
        return self.message + ("\n  " + self.remedy.replace("\n", "\n  ") if self.remedy else "")


class WrongUse(LabError):
    """The caller asked for something that cannot be: a missing file, a program for x86."""

    code = WRONG_USE


class MachineCannot(LabError):
    """This host lacks something that the lab needs: QEMU, the arm64 architecture, the network."""

    code = MACHINE_CANNOT


class TimedOut(LabError):
    """The guest was still running after the time allowed."""

    code = TIMED_OUT


class GuestFailed(LabError):
    """The guest ended without finishing the command: a kernel panic, a QEMU failure."""

    code = GUEST_FAILED


class SetupFailed(LabError):
    """The guest was not made ready: a line of its setup failed, and the command was not run."""

    code = SETUP_FAILED
