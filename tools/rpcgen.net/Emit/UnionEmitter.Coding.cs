using Zones.Rpcgen.Semantics;

namespace Zones.Rpcgen.Emit;

/// <summary>Reading and writing a union.</summary>
internal sealed partial class UnionEmitter
{
    private void Decode(Arm[] arms, string name, XdrType type, string typeName, string discriminant, bool recursive)
    {
        code.Line("/// <inheritdoc/>");
        code.Block($"public static {name} Decode(ref XdrReader reader)", () =>
        {
            if (recursive)
            {
                code.Line("reader.Enter();");
            }

            types.Read(code, type, "discriminant");
            code.Line($"{name} result;");
            Switch(arms, "discriminant", arm =>
            {
                if (arm.IsVoid)
                {
                    code.Line("result = new(discriminant);");
                    return;
                }

                types.Read(code, arm.Type, "value");
                code.Line($"result = new(discriminant, {Parameter(arm.Field)}: value);");
            }, $"throw reader.NoSuchValue(\"{typeName}\", discriminant);", typeName);
            if (recursive)
            {
                code.Line("reader.Leave();");
            }

            code.Line("return result;");
        });
        code.Line();
    }

    private void Encode(Arm[] arms, XdrType type, string discriminant, bool recursive)
    {
        code.Line("/// <inheritdoc/>");
        code.Block(recursive ? "public void Encode(ref XdrWriter writer)" : "public readonly void Encode(ref XdrWriter writer)", () =>
        {
            if (recursive)
            {
                code.Line("writer.Enter();");
            }

            types.Write(code, type, discriminant, "discriminant");
            Switch(arms, discriminant, arm =>
            {
                if (!arm.IsVoid)
                {
                    types.Write(code, arm.Type, arm.Field, "value");
                }
            }, $"throw XdrUnion.NoArm({discriminant});", TypeText.NameOf(type));
            if (recursive)
            {
                code.Line("writer.Leave();");
            }
        });
    }

    private void Switch(Arm[] arms, string discriminant, Action<Arm> body, string otherwise, string typeName)
    {
        bool complete = arms.Any(arm => arm.IsDefault) || (typeName == "bool" && arms.Sum(arm => arm.Labels.Count) == 2);
        code.Block($"switch ({discriminant})", () =>
        {
            foreach (Arm arm in arms)
            {
                foreach (string label in arm.Labels)
                {
                    code.Line($"case {label}:");
                }

                if (arm.IsDefault)
                {
                    code.Line("default:");
                }

                code.Braces(() =>
                {
                    body(arm);
                    code.Line("break;");
                });
            }

            if (!complete)
            {
                code.Line("default:");
                code.Line($"    {otherwise}");
            }
        });
    }
}
