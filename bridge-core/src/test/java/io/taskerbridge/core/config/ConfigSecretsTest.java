package io.taskerbridge.core.config;

import static io.taskerbridge.core.config.ConfigProject.setting;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Secrets work, but nobody sees them. */
class ConfigSecretsTest {
  private static final String SECRET = "s3cr3t";

  @TempDir Path folder;
  private ConfigProject project;

  @BeforeEach
  void projectWithSecrets() {
    project =
        new ConfigProject(folder)
            .variable("TASKER_DATABASE_PASSWORD", SECRET)
            .variable("TASKER_DATABASE_URL", "postgres://me:" + SECRET + "@db/x?sslmode=require")
            .variable("TASKER_ADMIN_TOKEN", SECRET)
            .variable("OTEL_EXPORTER_OTLP_ENDPOINT", "https://me:" + SECRET + "@collector:4317")
            .variable("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer " + SECRET);
  }

  @Test
  void the_configuration_has_them() {
    BridgeConfig config = project.load().config();

    assertThat(config.database().password()).isEqualTo(SECRET);
    assertThat(config.database().url()).contains(SECRET);
    assertThat(config.admin().token()).isEqualTo(SECRET);
    assertThat(config.telemetry().otlp().headers()).containsEntry("authorization", "Bearer s3cr3t");
  }

  @Test
  void what_is_shown_has_a_mask_in_their_place() {
    LoadedConfig loaded = project.load();

    assertThat(loaded.describe()).doesNotContain(SECRET);
    assertThat(loaded.toString()).doesNotContain(SECRET);
    assertThat(setting(loaded, "database.password").value()).isEqualTo("\"[REDACTED]\"");
    assertThat(setting(loaded, "admin.token").value()).isEqualTo("\"[REDACTED]\"");
    assertThat(setting(loaded, "database.url").value())
        .isEqualTo("\"postgres://me:[REDACTED]@db/x?sslmode=require\"");
    assertThat(setting(loaded, "telemetry.otlp.endpoint").value())
        .isEqualTo("\"https://me:[REDACTED]@collector:4317\"");
    assertThat(setting(loaded, "telemetry.otlp.headers.authorization").value())
        .isEqualTo("\"[REDACTED]\"");
  }

  @Test
  void a_secret_that_is_not_set_is_shown_as_such() {
    LoadedConfig loaded = new ConfigProject(folder).load();

    assertThat(setting(loaded, "database.password").value()).isEqualTo("\"\"");
    assertThat(setting(loaded, "telemetry.otlp.headers").value()).isEqualTo("{}");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "postgres://u:p@h/d, postgres://u:[REDACTED]@h/d",
    "postgres://u:p@q/r@h/d, postgres://u:[REDACTED]@h/d",
    "postgres://:p@h/d, postgres://:[REDACTED]@h/d",
    "postgres://u@h/d, postgres://u@h/d",
    "jdbc:postgresql://h:5432/d?user=u&password=p&ssl=true,"
        + " jdbc:postgresql://h:5432/d?user=u&password=[REDACTED]&ssl=true",
    "jdbc:postgresql://h/d?sslPassword=p, jdbc:postgresql://h/d?sslPassword=[REDACTED]"
  })
  void passwords_in_urls_are_masked(String url, String shown) {
    assertThat(Secrets.withoutPassword(url)).isEqualTo(shown);
  }

  @Test
  void a_refusal_does_not_show_them() throws Exception {
    project
        .base(
            """
            [database]
            password = 12345678
            url = "https://me:hidden1@db/x"

            [telemetry.otlp]
            headers = { authorization = 12345678 }

            [admin]
            token = ["hidden2"]
            """)
        .variable("TASKER_TELEMETRY_OTLP_HEADERS", "hidden3");

    ConfigException refusal = project.refusal();

    assertThat(refusal.problems()).hasSize(5);
    assertThat(refusal.getMessage())
        .doesNotContain("12345678", "hidden", SECRET)
        .contains("config/base/telemetry.toml:2: database.password: the value cannot be used");
  }
}
