package io.vrouter.mesh;

import io.vrouter.membership.MembershipEvent;
import io.vrouter.membership.MembershipException;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.PrefixPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.VarInsnNode;
import org.objectweb.asm.tree.analysis.Analyzer;
import org.objectweb.asm.tree.analysis.AnalyzerException;
import org.objectweb.asm.tree.analysis.Frame;
import org.objectweb.asm.tree.analysis.SourceInterpreter;
import org.objectweb.asm.tree.analysis.SourceValue;

/**
 * The codes of all problems that compiled classes can make, by following the constants that reach a
 * code: through methods that pass a parameter on as the code, and methods that return one.
 */
final class ProblemCodes {
  private static final Set<String> MAKERS =
      Set.of(
          Type.getInternalName(Problem.class),
          Type.getInternalName(MembershipEvent.Warning.class),
          Type.getInternalName(MembershipException.class),
          Type.getInternalName(PrefixPolicy.Refusal.class),
          // Holds a code until the problems are made.
          "io/vrouter/mesh/plan/RefusedPrefixes$Group");

  private record Parameter(String owner, String name, String descriptor, int index) {}

  private record Method(String owner, String name, String descriptor) {}

  /** With null for a frame that is never reached. */
  private record Body(
      ClassNode owner, MethodNode node, List<@Nullable Frame<SourceValue>> frames) {}

  private final Map<Method, Body> bodies = new HashMap<>();
  private final Set<Parameter> codes = new HashSet<>();
  private final Set<Method> returning = new HashSet<>();
  private final Set<String> found = new TreeSet<>();

  /** The codes of the classes below these directories. */
  static Set<String> of(List<Path> directories) throws IOException {
    ProblemCodes all = new ProblemCodes();
    for (Path directory : directories) {
      try (Stream<Path> files = Files.walk(directory)) {
        files.filter(file -> file.toString().endsWith(".class")).forEach(all::read);
      }
    }
    int known;
    do {
      known = all.codes.size() + all.returning.size();
      all.bodies.values().forEach(all::follow);
    } while (all.codes.size() + all.returning.size() > known);
    return all.found;
  }

  private void read(Path file) {
    ClassNode node = new ClassNode();
    try {
      new ClassReader(Files.readAllBytes(file)).accept(node, ClassReader.SKIP_DEBUG);
      for (MethodNode method : node.methods) {
        List<@Nullable Frame<SourceValue>> frames =
            Arrays.asList(new Analyzer<>(new SourceInterpreter()).analyze(node.name, method));
        bodies.put(new Method(node.name, method.name, method.desc), new Body(node, method, frames));
        Type[] types = Type.getArgumentTypes(method.desc);
        boolean makes =
            MAKERS.contains(node.name)
                && (method.name.equals("<init>")
                    || List.of("note", "warning").contains(method.name));
        for (int i = 0; makes && i < types.length; i++) {
          if (types[i].getInternalName().equals("java/lang/String")) {
            codes.add(new Parameter(node.name, method.name, method.desc, i));
            break;
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (AnalyzerException e) {
      throw new IllegalStateException(file.toString(), e);
    }
  }

  private void follow(Body body) {
    for (int at = 0; at < body.node().instructions.size(); at++) {
      AbstractInsnNode instruction = body.node().instructions.get(at);
      Frame<SourceValue> frame = body.frames().get(at);
      if (frame == null) {
        continue;
      }
      if (instruction instanceof MethodInsnNode call) {
        int arguments = Type.getArgumentTypes(call.desc).length;
        for (int i = 0; i < arguments; i++) {
          if (codes.contains(new Parameter(call.owner, call.name, call.desc, i))) {
            trace(body, frame.getStack(frame.getStackSize() - arguments + i), new HashSet<>());
          }
        }
      } else if (instruction instanceof InvokeDynamicInsnNode lambda) {
        captured(body, frame, lambda);
      } else if (instruction.getOpcode() == Opcodes.ARETURN
          && returning.contains(
              new Method(body.owner().name, body.node().name, body.node().desc))) {
        trace(body, frame.getStack(frame.getStackSize() - 1), new HashSet<>());
      }
    }
  }

  /** What a lambda captures are the first parameters of its method, after its object. */
  private void captured(Body body, Frame<SourceValue> frame, InvokeDynamicInsnNode lambda) {
    int captured = Type.getArgumentTypes(lambda.desc).length;
    for (Object argument : lambda.bsmArgs) {
      if (argument instanceof Handle handle) {
        int object = handle.getTag() == Opcodes.H_INVOKESTATIC ? 0 : 1;
        for (int i = object; i < captured; i++) {
          if (codes.contains(
              new Parameter(handle.getOwner(), handle.getName(), handle.getDesc(), i - object))) {
            trace(body, frame.getStack(frame.getStackSize() - captured + i), new HashSet<>());
          }
        }
      }
    }
  }

  private void trace(Body body, SourceValue value, Set<AbstractInsnNode> passed) {
    for (AbstractInsnNode source : value.insns) {
      if (!passed.add(source)) {
        continue;
      }
      Frame<SourceValue> frame =
          Objects.requireNonNull(body.frames().get(body.node().instructions.indexOf(source)));
      if (source instanceof LdcInsnNode constant && constant.cst instanceof String code) {
        // A check of the host has its own id instead.
        if (!code.isEmpty()) {
          found.add(code);
        }
      } else if (source instanceof VarInsnNode variable) {
        boolean loads = variable.getOpcode() == Opcodes.ALOAD;
        SourceValue held =
            loads ? frame.getLocal(variable.var) : frame.getStack(frame.getStackSize() - 1);
        if (loads && held.insns.isEmpty()) {
          parameter(body, variable.var);
        }
        trace(body, held, passed);
      } else if (source instanceof MethodInsnNode call
          && call.desc.endsWith(")Ljava/lang/String;")) {
        returning.add(new Method(call.owner, call.name, call.desc));
      }
    }
  }

  private void parameter(Body body, int variable) {
    boolean isStatic = (body.node().access & Opcodes.ACC_STATIC) != 0;
    int slot = isStatic ? 0 : 1;
    Type[] types = Type.getArgumentTypes(body.node().desc);
    for (int i = 0; i < types.length; i++) {
      if (slot == variable) {
        codes.add(
            new Parameter(
                Objects.requireNonNull(body.owner().name), body.node().name, body.node().desc, i));
      }
      slot += types[i].getSize();
    }
  }

  /** The codes in a document: what stands in the first column of the tables of its last part. */
  static Set<String> documented(String markdown) {
    Set<String> codes = new TreeSet<>();
    int begin = markdown.indexOf("## Every problem, by its code");
    List<String> rows = new ArrayList<>(markdown.substring(begin).lines().toList());
    rows.removeIf(row -> !row.startsWith("| `"));
    for (String row : rows) {
      String first = row.split("\\|", -1)[1];
      for (String part : first.split("`", -1)) {
        if (part.matches("[a-z][a-z0-9]*(-[a-z0-9]+)*")) {
          codes.add(part);
        }
      }
    }
    return codes;
  }
}
