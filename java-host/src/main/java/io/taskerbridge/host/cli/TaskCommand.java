package io.taskerbridge.host.cli;

import picocli.CommandLine.Command;

/** Asks a running worker for tasks. */
@Command(
    name = "task",
    description = "Submit a task to a running worker, or look at one.",
    subcommands = {TaskSubmitCommand.class, TaskShowCommand.class})
final class TaskCommand {}
