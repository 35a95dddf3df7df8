package io.taskerbridge.ruby;

import io.taskerbridge.core.config.BridgeConfig;
import io.taskerbridge.core.guest.GuestBridge;
import io.taskerbridge.core.handler.HandlerRuntime;
import java.nio.file.Path;
import java.util.List;

/** Opens the process's JRuby runtime; found by {@link java.util.ServiceLoader}. */
public final class RubyRuntimeProvider implements HandlerRuntime.Provider {

  /** A provider. */
  public RubyRuntimeProvider() {}

  @Override
  public String language() {
    return "ruby";
  }

  @Override
  public HandlerRuntime open(GuestBridge bridge, BridgeConfig config, List<Path> handlerFolders) {
    return RubyRuntime.open(bridge.forLanguage(language()), config, handlerFolders);
  }
}
