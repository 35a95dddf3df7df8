@org.jspecify.annotations.NullMarked
package io.taskerbridge.ruby;
