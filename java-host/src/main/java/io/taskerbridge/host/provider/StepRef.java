package io.taskerbridge.host.provider;

import java.util.UUID;

/** A step of the task at hand. */
record StepRef(UUID stepUuid, String name) {}
