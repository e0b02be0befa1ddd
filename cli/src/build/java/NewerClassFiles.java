import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/**
 * Writes a jar again with class files that the JVM's cache of classes takes: it takes none without
 * stack maps, that is, of before Java 6 (JVMS 4.10), such as those of picocli, nor any lambda of an
 * interface among them. The launcher runs this when it builds.
 *
 * <p>{@code java NewerClassFiles.java FROM.jar TO.jar}
 */
final class NewerClassFiles {
  private static final int OLDEST_IN_CACHE = ClassFile.JAVA_6_VERSION;

  public static void main(String[] args) throws IOException {
    try (JarFile from = new JarFile(args[0]);
        JarOutputStream to = new JarOutputStream(Files.newOutputStream(Path.of(args[1])))) {
      to.setLevel(0);
      ClassFile classes =
          ClassFile.of(
              ClassFile.ClassHierarchyResolverOption.of(
                  ClassHierarchyResolver.ofResourceParsing(type -> open(from, type))
                      .orElse(ClassHierarchyResolver.defaultResolver())),
              ClassFile.StackMapsOption.GENERATE_STACK_MAPS);
      for (JarEntry entry : Collections.list(from.entries())) {
        if (entry.getName().endsWith(".class")) {
          to.putNextEntry(new JarEntry(entry.getName()));
          to.write(newer(classes, read(from, entry)));
        } else if (!entry.isDirectory()) {
          to.putNextEntry(new JarEntry(entry.getName()));
          to.write(read(from, entry));
        }
      }
    }
  }

  private static byte[] newer(ClassFile classes, byte[] content) {
    ClassModel model = classes.parse(content);
    if (model.majorVersion() >= OLDEST_IN_CACHE) {
      return content;
    }
    return classes.transformClass(
        model,
        ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL)
            .andThen(
                ClassTransform.endHandler(
                    builder -> builder.withVersion(ClassFile.JAVA_8_VERSION, 0))));
  }

  private static byte[] read(JarFile jar, JarEntry entry) throws IOException {
    try (InputStream in = jar.getInputStream(entry)) {
      return in.readAllBytes();
    }
  }

  /** The class file of {@code type}, if it is in the jar. */
  private static InputStream open(JarFile jar, ClassDesc type) {
    String descriptor = type.descriptorString();
    JarEntry entry = jar.getJarEntry(descriptor.substring(1, descriptor.length() - 1) + ".class");
    try {
      return entry == null ? null : jar.getInputStream(entry);
    } catch (IOException e) {
      return null;
    }
  }
}
