package io.havip.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Puts the classes of several jars into one that Java starts from fast: it is not compressed, names
 * no other jar, which Java would look for at each start, and has no class of a version that the AOT
 * cache leaves out.
 */
public final class ClientJar {
  /** The first version with stack maps, which the AOT cache needs (JVMS, section 4.10.1). */
  private static final int OLDEST_MAJOR = ClassFile.JAVA_6_VERSION;

  private final ClassFile classes =
      ClassFile.of(
          StackMapsOption.GENERATE_STACK_MAPS,
          ClassHierarchyResolverOption.of(
              ClassHierarchyResolver.ofResourceParsing(ClientJar.class.getClassLoader())));

  private ClientJar() {}

  /**
   * Makes the jar.
   *
   * @param arguments the jar to make, and those whose classes it gets; the class path has them too
   */
  public static void main(String[] arguments) throws IOException {
    List<Path> jars = Stream.of(arguments).map(Path::of).toList();
    new ClientJar().write(jars.getFirst(), jars.subList(1, jars.size()));
  }

  private void write(Path target, List<Path> sources) throws IOException {
    Set<String> written = new HashSet<>();
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(target))) {
      out.setLevel(Deflater.NO_COMPRESSION);
      for (Path source : sources) {
        try (JarFile in = new JarFile(source.toFile())) {
          for (JarEntry entry : Collections.list(in.entries())) {
            if (isClass(entry.getName()) && written.add(entry.getName())) {
              try (InputStream bytes = in.getInputStream(entry)) {
                out.putNextEntry(new ZipEntry(entry.getName()));
                out.write(modern(bytes.readAllBytes()));
              }
            }
          }
        }
      }
    }
  }

  private static boolean isClass(String name) {
    return name.endsWith(".class")
        && !name.startsWith("META-INF/")
        && !name.equals("module-info.class");
  }

  private byte[] modern(byte[] bytes) {
    ClassModel read = classes.parse(bytes);
    if (read.majorVersion() >= OLDEST_MAJOR) {
      return bytes;
    }
    ClassTransform version =
        (modern, element) ->
            modern.with(
                element instanceof ClassFileVersion
                    ? ClassFileVersion.of(ClassFile.latestMajorVersion(), 0)
                    : element);
    return classes.transformClass(
        read, version.andThen(ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL)));
  }
}
