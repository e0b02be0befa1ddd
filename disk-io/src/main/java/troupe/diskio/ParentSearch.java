package troupe.diskio;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Where the parent of a differencing disk is looked for: where its locators say, relative ones
 * first, then under its name in the child's folder, then in the given folders.
 *
 * @param folders in their order
 */
public record ParentSearch(List<Path> folders) {
  /** No folders but the child's own. */
  public static final ParentSearch BESIDE_CHILD = new ParentSearch(List.of());

  private static final List<Integer> ORDER =
      List.of(VhdParentLocator.RELATIVE, VhdParentLocator.ABSOLUTE, VhdParentLocator.FILE_URL);

  public ParentSearch {
    folders = List.copyOf(folders);
  }

  /** Files that are there and may be the parent, likeliest first. */
  List<Path> candidates(ImageBytes child, VhdDynamicHeader header, long fileSize)
      throws IOException {
    Path folder = child.path().toAbsolutePath().normalize().getParent();
    List<String> names = names(child, header, fileSize);
    Set<Path> found = new LinkedHashSet<>();
    for (String name : names) {
      add(found, folder, name);
    }
    List<Path> places = new ArrayList<>(List.of(folder));
    places.addAll(folders);
    for (Path place : places) {
      for (String name : names) {
        add(found, place, name.substring(name.lastIndexOf('/') + 1));
      }
    }
    return List.copyOf(found);
  }

  /** The names that the child knows its parent by. */
  static List<String> names(ImageBytes child, VhdDynamicHeader header, long fileSize)
      throws IOException {
    Set<String> names = new LinkedHashSet<>();
    for (int code : ORDER) {
      for (VhdParentLocator locator : header.locators()) {
        if (locator.platformCode() == code) {
          locator.path(child, fileSize).ifPresent(names::add);
        }
      }
    }
    if (!header.parentName().isBlank()) {
      names.add(header.parentName().replace('\\', '/'));
    }
    return List.copyOf(names);
  }

  private static void add(Set<Path> found, Path folder, String name) {
    try {
      Path path = folder.resolve(name).normalize();
      if (Files.isRegularFile(path)) {
        found.add(path);
      }
    } catch (InvalidPathException e) {
      // A name that this host cannot have names no file of it.
    }
  }
}
