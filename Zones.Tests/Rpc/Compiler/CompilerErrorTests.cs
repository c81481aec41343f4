using Zones.Rpcgen.Emit;
using Zones.Rpcgen.Semantics;
using Zones.Rpcgen.Source;
using Zones.Rpcgen.Syntax;

namespace Zones.Tests.Rpc.Compiler;

/// <summary>What is wrong with a protocol is told with its place and with what was expected.</summary>
public sealed class CompilerErrorTests
{
    [Theory]
    [InlineData("struct s {\n  int a\n};", "p.x:3:1: expected ';', found '}'")]
    [InlineData("struct s { int a; }", "p.x:1:20: expected ';', found the end of the file")]
    [InlineData("struct { int a; };", "p.x:1:8: expected the name of the struct, found '{'")]
    [InlineData("struct s { };", "p.x:1:12: expected a type, found '}'")]
    [InlineData("struct s { void; };", "p.x:1:12: expected a type, found 'void'")]
    [InlineData("struct s { const a; };", "p.x:1:12: expected a type, found 'const'")]
    [InlineData("enum e { A = };", "p.x:1:14: expected a number or the name of a constant, found '}'")]
    [InlineData("enum e { A = 1, };", "p.x:1:17: expected a name of the enum, found '}'")]
    [InlineData("nonsense;", "p.x:1:1: expected const, enum, struct, union, typedef or program, found 'nonsense'")]
    [InlineData("const A;", "p.x:1:8: expected '=', found ';'")]
    [InlineData("typedef int a<3;", "p.x:1:16: expected '>', found ';'")]
    [InlineData("typedef int a[];", "p.x:1:15: expected a number or the name of a constant, found ']'")]
    [InlineData("union u switch (int a) { int b; };", "p.x:1:26: expected 'case', 'default' or '}', found 'int'")]
    [InlineData("program P { version V { void N(void) = 0; } = 1; } = ;", "p.x:1:54: expected a number or the name of a constant, found ';'")]
    [InlineData("program P { int a; } = 1;", "p.x:1:13: expected 'version' or '}', found 'int'")]
    [InlineData("typedef quadruple q;", "p.x:1:9: quadruple is refused: .NET has no 128-bit floating point; expected another type, such as opaque[16]")]
    [InlineData("typedef opaque o;", "p.x:1:9: opaque 'o' has no length; expected '[N]' or '<N>' after its name")]
    [InlineData("typedef string s;", "p.x:1:9: string 's' has no length; expected '<N>' or '<>' after its name")]
    [InlineData("typedef string s[5];", "p.x:1:9: string 's' has no length; expected '<N>' or '<>' after its name")]
    [InlineData("struct s { int a; @ };", "p.x:1:19: '@' is no part of the RPC language; expected a name, a number or one of { } [ ] < > ( ) ; , : = *")]
    [InlineData("const A = 08;", "p.x:1:11: '08' is no constant; expected a decimal, hexadecimal (0x…) or octal (0…) number of at most 64 bits")]
    [InlineData("const A = 99999999999999999999;", "p.x:1:11: '99999999999999999999' is no constant; expected a decimal, hexadecimal (0x…) or octal (0…) number of at most 64 bits")]
    [InlineData("/* no end", "p.x:1:1: the comment has no end; expected '*/'")]
    [InlineData("#ifdef A\nconst B = 1;", "p.x:1:1: the condition has no end; expected '#endif'")]
    [InlineData("\n#else", "p.x:2:1: '#else' without #ifdef or #ifndef")]
    [InlineData("#ifdef A\n#else\n#else\n#endif", "p.x:3:1: a second '#else'; expected '#endif'")]
    [InlineData("#include <a.x>", "p.x:1:1: '#include <a.x>' is not understood; expected #define NAME [VALUE], #undef, #ifdef, #ifndef, #else or #endif")]
    [InlineData("#define A (1 + 2)", "p.x:1:1: '#define A (1 + 2)' is more than a name for one number or name; expected #define NAME [VALUE]")]
    public void What_is_not_the_language(string text, string message) => AssertRefused(text, message);

    [Theory]
    [InlineData("typedef nowhere n;", "p.x:1:9: the type 'nowhere' is not defined; expected a type of the language or one that this file defines")]
    [InlineData("typedef int a<N>;", "p.x:1:15: the constant 'N' is not defined; expected a number or the name of a constant")]
    [InlineData("const A = B; const B = A;", "p.x:1:11: the constant 'B' stands for itself")]
    [InlineData("#define A B\n#define B A\nconst C = A;", "p.x:3:11: the macro 'A' stands for itself")]
    [InlineData("typedef a b; typedef b a;", "p.x:1:9: the typedef 'a' stands for itself")]
    [InlineData("const A = 1;\nenum e { A = 2 };", "p.x:2:10: 'A' is defined twice, first at 1:7; expected another name")]
    [InlineData("struct a { int b; };\ntypedef int a;", "p.x:2:9: 'a' is defined twice, first at 1:8; expected another name")]
    [InlineData("const TRUE = 1;", "p.x:1:7: 'TRUE' is a name of the language; expected another")]
    [InlineData("struct s { int a; int a; };", "p.x:1:19: the member 'a' is there twice; expected another name")]
    [InlineData("enum e { A = 4294967296 };", "p.x:1:10: 'A' is 4294967296; expected a value of an enum, which is 32 bits with a sign, from -2147483648 to 2147483647")]
    [InlineData("typedef int a[0];", "p.x:1:15: 0; expected a length from 1 to 4294967295")]
    [InlineData("const N = -1; typedef int a<N>;", "p.x:1:29: 'N' is -1; expected a length from 1 to 4294967295")]
    [InlineData("union u switch (hyper h) { default: void; };", "p.x:1:17: 'hyper' cannot tell arms apart; expected int, unsigned int, bool or an enum")]
    [InlineData("enum e { A = 1 }; union u switch (e x) { case 2: void; };", "p.x:1:47: '2' is no value of enum 'e'; expected one of its names")]
    [InlineData("union u switch (int x) { case 1: void; case 1: int a; };", "p.x:1:45: the case '1' is there twice; expected another value")]
    [InlineData("union u switch (unsigned x) { case -1: void; };", "p.x:1:36: '-1' is -1; expected a value of 'unsigned int', from 0 to 4294967295")]
    [InlineData("union u switch (bool x) { case 2: void; };", "p.x:1:32: '2' is 2; expected a value of 'bool', from 0 to 1")]
    [InlineData("union u switch (int x) { default: void; case 1: void; };", "p.x:1:26: 'default' is not the last arm; expected '}' after it")]
    [InlineData("struct a { a b; };", "p.x:1:12: 'a' holds itself without end by 'b'; expected '*' or '<>' there")]
    [InlineData("struct a { b x; }; struct b { a y[2]; };", "p.x:1:31: 'a' holds itself without end by 'y'; expected '*' or '<>' there")]
    [InlineData("typedef int *a; struct s { a *b; };", "p.x:1:28: 'b' is an optional of an optional; expected one '*'")]
    [InlineData("program P { version V { void A(void) = 1; void B(void) = 1; } = 1; } = 1;", "p.x:1:58: the number 1 has two procedures; expected another")]
    [InlineData("program P { version V { void A(void) = 1; void A(void) = 2; } = 1; } = 1;", "p.x:1:48: the procedure 'A' is there twice; expected another name")]
    [InlineData("program P { version V { void A(void) = 1; } = 1; version W { void A(void) = 1; } = 1; } = 1;", "p.x:1:84: the number 1 has two versions; expected another")]
    [InlineData("program P { version V { void A(int, void) = 1; } = 1; } = 1;", "p.x:1:37: void is one argument of several; expected a type")]
    [InlineData("program P { version V { opaque A(int) = 1; } = 1; } = 1;", "p.x:1:25: opaque has no length here; expected a type; a typedef can give it one")]
    public void What_has_no_meaning(string text, string message) => AssertRefused(text, message);

    [Theory]
    [InlineData("struct foo_bar { int a; }; struct FooBar { int a; };", "p.x:1:35: 'FooBar' and 'foo_bar' have one name in C#; expected another name")]
    [InlineData("struct s { int a_b; int aB; };", "p.x:1:21: 'aB' and a member before it have one name in C#; expected another name")]
    public void What_C_sharp_cannot_tell_apart(string text, string message) => AssertRefused(text, message);

    private static void AssertRefused(string text, string message)
    {
        RpcLanguageException error = Assert.Throws<RpcLanguageException>(() => FileEmitter.Emit(Protocol.Check(Parser.Parse("p.x", text)), "p.x", "N"));
        Assert.Equal(message, error.Message);
    }
}
