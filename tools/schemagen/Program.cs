using Zones.Schemagen;

// schemagen [--check] FILE: writes the schema of a spec, or says whether the file is it.
bool check = args is ["--check", ..];
if (args.Length != (check ? 2 : 1))
{
    Console.Error.WriteLine("usage: schemagen [--check] FILE");
    return 2;
}

string schema = SpecSchema.Text();
if (!check)
{
    File.WriteAllText(args[^1], schema);
    return 0;
}

if (File.ReadAllText(args[^1]) == schema)
{
    return 0;
}

Console.Error.WriteLine($"{args[^1]}: is not what the spec's records say now; write it anew with schemagen {args[^1]}");
return 1;
