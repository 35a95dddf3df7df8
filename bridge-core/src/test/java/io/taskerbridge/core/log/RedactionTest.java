package io.taskerbridge.core.log;

import static io.taskerbridge.core.log.Redactor.REDACTED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskerbridge.core.config.BridgeConfig;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the default redactor hides, and what it lets pass. */
class RedactionTest {
  private static final String JWT =
      "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P";
  private static final String PEM =
      "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7\nabc=\n-----END RSA PRIVATE KEY-----";

  private final Redactor redactor = Redaction.of(new BridgeConfig.Redaction(true, List.of()));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "password",
        "PASSWORD",
        "customer_password",
        "customerPassword",
        "password2",
        "dbpassword",
        "passwd",
        "user.pwd",
        "secret",
        "client_secret",
        "clientsecret",
        "SecretKey",
        "token",
        "access_token",
        "accessToken",
        "X-Auth-Token",
        "authorization",
        "Proxy-Authorization",
        "api_key",
        "apiKey",
        "APIKey",
        "apikey",
        "x-api-key",
        "STRIPE_API_KEY",
        "aws_access_key_id",
        "private_key",
        "credentials",
        "credit_card",
        "creditCardNumber",
        "card_number",
        "cvv",
        "ssn",
        "customer_ssn",
        "Set-Cookie",
        "session_id",
        "sessionId",
        "password_hash",
        "tokenValue"
      })
  void isSensitive_name_of_a_secret(String key) {
    assertThat(redactor.isSensitive(key)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "tokens_counted",
        "max_tokens",
        "token_count",
        "tokenType",
        "token_expires_at",
        "secretary",
        "secretariat_id",
        "passenger",
        "keyboard",
        "key",
        "author",
        "authorized",
        "order_id",
        "session",
        "card",
        "cvvx",
        "lessn",
        "password_policy",
        "correlation_id",
        "duration_ms",
        "monkey_api"
      })
  void isSensitive_name_of_no_secret(String key) {
    assertThat(redactor.isSensitive(key)).isFalse();
  }

  @Test
  void isSensitive_words_of_the_configuration() {
    Redactor extended =
        Redaction.of(new BridgeConfig.Redaction(true, List.of("iban", "customer_ref")));

    assertThat(extended.isSensitive("payer_IBAN")).isTrue();
    assertThat(extended.isSensitive("customerRef")).isTrue();
    assertThat(extended.isSensitive("password")).isTrue();
    assertThat(extended.isSensitive("customer")).isFalse();
    assertThat(extended.redact("payer_iban=DE89370400440532013000"))
        .isEqualTo("payer_iban=" + REDACTED);
    assertThat(redactor.isSensitive("payer_IBAN")).isFalse();
  }

  @Test
  void of_word_without_a_letter() {
    assertThatThrownBy(() -> Redaction.of(new BridgeConfig.Redaction(true, List.of("--"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("redaction.keys")
        .hasMessageContaining("\"--\"");
  }

  @Test
  void of_disabled() {
    Redactor off = Redaction.of(new BridgeConfig.Redaction(false, List.of("iban")));

    assertThat(off.isSensitive("password")).isFalse();
    assertThat(off.redact("password=x123")).isEqualTo("password=x123");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "login with password=hunter2 failed | login with password=[REDACTED] failed",
        "password: hunter2 | password: [REDACTED]",
        "a=1&api_key=abc&b=2 | a=1&api_key=[REDACTED]&b=2",
        "{\"user\":\"ann\",\"password\":\"x\\\"y\",\"n\":1} | {\"user\":\"ann\",\"password\":\"[REDACTED]\",\"n\":1}",
        "{\"pin_token\": 1234, \"n\": 1} | {\"pin_token\": \"[REDACTED]\", \"n\": 1}",
        "{\"token\":null,\"n\":1} | {\"token\":null,\"n\":1}",
        "{\"credentials\":{\"user\":\"a\",\"x\":[1]},\"n\":1} | {\"credentials\":\"[REDACTED]\",\"n\":1}",
        "body={\\\"password\\\":\\\"abc\\\",\\\"n\\\":1} | body={\\\"password\\\":\\\"[REDACTED]\\\",\\\"n\\\":1}",
        "{:password=>\"x\", :n=>1} | {:password=>\"[REDACTED]\", :n=>1}",
        "{password: \"x\", n: 1} | {password: \"[REDACTED]\", n: 1}",
        "{'password': 'x', 'n': 1} | {'password': '[REDACTED]', 'n': 1}",
        "{'secret': b'x', 'n': 1} | {'secret': b'[REDACTED]', 'n': 1}",
        "user[password]=abc&x=1 | user[password]=[REDACTED]&x=1",
        "user%5Bpassword%5D=abc&x=1 | user%5Bpassword%5D=[REDACTED]&x=1",
        "Authorization: Basic dXNlcjpwYXNz | Authorization: [REDACTED]",
        "Cookie: a=b; c=d | Cookie: [REDACTED]",
        "authorization=Bearer abc123 | authorization=[REDACTED]",
        "sent Bearer abc.def-123 to it | sent Bearer [REDACTED] to it",
        "https://ann:s3cret@example.com/x | https://[REDACTED]@example.com/x",
        "https://ghp_abcdef@example.com/x | https://[REDACTED]@example.com/x",
        "postgres://ann:p@ss@db:5432/x?y=1 | postgres://[REDACTED]@db:5432/x?y=1",
        "jdbc:postgresql://db/x?user=ann&password=abc | jdbc:postgresql://db/x?user=ann&password=[REDACTED]",
        "https://s3/x?X-Amz-Date=1&X-Amz-Signature=abcdef&a=1 | https://s3/x?X-Amz-Date=1&X-Amz-Signature=[REDACTED]&a=1",
        "https://s3/x?X-Amz-Credential=AK%2F1&X-Amz-Security-Token=q | https://s3/x?X-Amz-Credential=[REDACTED]&X-Amz-Security-Token=[REDACTED]",
        "https://blob/x?se=2&sig=ab%2Bc%3D | https://blob/x?se=2&sig=[REDACTED]",
        "https://cdn/x?Expires=1&Signature=ab~c_&Key-Pair-Id=K | https://cdn/x?Expires=1&Signature=[REDACTED]&Key-Pair-Id=K",
        "GET /x?token=abc#top | GET /x?token=[REDACTED]#top",
        "card 4111 1111 1111 1111 declined | card [REDACTED] declined",
        "card 4111-1111-1111-1111. | card [REDACTED].",
        "5555555555554444,378282246310005 | [REDACTED],[REDACTED]"
      })
  void redact_secret_in_a_text(String text, String shown) {
    assertThat(redactor.redact(text)).isEqualTo(shown);
    assertThat(redactor.redact(shown)).as("a second time").isSameAs(shown);
  }

  @Test
  void redact_web_token_and_private_key() {
    assertThat(redactor.redact("got " + JWT + " back")).isEqualTo("got " + REDACTED + " back");
    assertThat(redactor.redact("a\n" + PEM + "\nb")).isEqualTo("a\n" + REDACTED + "\nb");
    assertThat(redactor.redact("cut " + PEM.substring(0, 50))).isEqualTo("cut " + REDACTED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "order is valid",
        "status=ok key: value, a=b",
        "the token is valid",
        "Bearer token expired",
        "bearer authentication failed",
        "expected: 3, got: 4",
        "12:30:45.123 at https://example.com:8080/a/b?c=d&e=f",
        "mailto:ann@example.com",
        "TaskerCore::Token::Error in app/token.rb:12:in 'call'",
        "at io.example.Token.parse(Token.java:32)",
        "InvalidAuthenticityToken: can't verify",
        "if token == nil || secret != x",
        "4111111111111112",
        "1234567890123456",
        "id 0190163d-8694-7000-9bd0-f8cf7a4b4111",
        "0.4111111111111111",
        "x4111111111111111",
        "41111111111111114111111111111111",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        "eyJ is how it starts",
        "ssh://git@example.com/x",
        "naïve — ünïcödé: ja"
      })
  void redact_text_without_a_secret(String text) {
    assertThat(redactor.redact(text)).isSameAs(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "=",
        ":",
        "a:",
        "a=",
        "password=",
        "password=\"",
        "token: ",
        "\"",
        "-----BEGIN ",
        "://",
        "://a:",
        "bearer ",
        "eyJ",
        "eyJa.",
        "4 ",
        "41111",
        "password={",
        "\\\"password\\\":",
        "AbToken: x ",
        "AbAuthorization: ",
        "A"
      })
  @Timeout(10)
  void redact_time_is_linear(String piece) {
    String text = piece.repeat(1_000_000 / piece.length());
    long start = System.nanoTime();

    String shown = redactor.redact(text);

    assertThat(shown).isNotNull();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
  }
}
