package io.taskerbridge.python;

import io.taskerbridge.core.config.BridgeConfig;
import io.taskerbridge.core.guest.GuestBridge;
import io.taskerbridge.core.handler.HandlerRuntime;
import java.nio.file.Path;
import java.util.List;

/** Opens Python; found by {@link java.util.ServiceLoader}. */
public final class PythonRuntimeProvider implements HandlerRuntime.Provider {

  /** Called by the service loader. */
  public PythonRuntimeProvider() {}

  @Override
  public String language() {
    return PythonRuntime.LANGUAGE;
  }

  @Override
  public PythonRuntime open(GuestBridge bridge, BridgeConfig config, List<Path> handlerFolders) {
    return PythonRuntime.open(bridge, config.python(), handlerFolders);
  }
}
