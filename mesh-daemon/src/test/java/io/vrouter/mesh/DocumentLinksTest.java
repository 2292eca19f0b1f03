package io.vrouter.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Links in the documents lead to files and headings that are there; the site has every page. */
class DocumentLinksTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.+)$");

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    List<String> dead = new ArrayList<>();
    int links = 0;
    for (Path document : documents()) {
      Matcher link = LINK.matcher(prose(document));
      while (link.find()) {
        String target = link.group(1);
        if (target.matches("[a-z]+:.*")) {
          continue;
        }
        links++;
        int hash = target.indexOf('#');
        String file = hash < 0 ? target : target.substring(0, hash);
        Path there = file.isEmpty() ? document : document.resolveSibling(file).normalize();
        if (!Files.exists(there)
            || (hash >= 0 && !headings(there).contains(target.substring(hash + 1)))) {
          dead.add(document + ": " + target);
        }
      }
    }
    assertThat(links).isGreaterThan(20);
    assertThat(dead).isEmpty();
  }

  /** Decisions are listed by the site's configuration itself. */
  @Test
  void everyPageIsInTheSideBarOnce() throws IOException {
    Path docs = ROOT.resolve("docs");
    List<String> pages = new ArrayList<>(List.of("/security", "/changelog", "/architecture"));
    for (Path document : documents()) {
      String page = "/" + docs.relativize(document);
      if (document.startsWith(docs) && !page.matches("/adr/\\d.*")) {
        pages.add(page.replaceFirst("(index)?\\.md$", ""));
      }
    }
    List<String> listed =
        Pattern.compile("link: '([^']+)'(?! \\+)")
            .matcher(Files.readString(docs.resolve(".vitepress/config.mjs")))
            .results()
            .map(found -> found.group(1))
            .toList();
    assertThat(listed).containsExactlyInAnyOrderElementsOf(pages);
  }

  private static List<Path> documents() throws IOException {
    List<Path> all = new ArrayList<>();
    for (String place : List.of("docs", "examples")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(place))) {
        files
            .filter(file -> file.toString().endsWith(".md"))
            .filter(file -> !file.toString().contains("node_modules"))
            .forEach(all::add);
      }
    }
    try (Stream<Path> files = Files.list(ROOT)) {
      files.filter(file -> file.toString().endsWith(".md")).forEach(all::add);
    }
    return all;
  }

  /** Without blocks of code. */
  private static String prose(Path document) throws IOException {
    return Files.readString(document).replaceAll("(?ms)^```.*?^```", "");
  }

  /** As a forge and the site make anchors of headings. */
  private static Set<String> headings(Path document) throws IOException {
    Matcher heading = HEADING.matcher(prose(document));
    return heading
        .results()
        .map(found -> found.group(1).toLowerCase(Locale.ROOT))
        .map(text -> text.replaceAll("[^a-z0-9 _-]", "").strip().replace(' ', '-'))
        .collect(Collectors.toSet());
  }
}
