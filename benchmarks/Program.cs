using Zones.Benchmarks;

// Measures the library against the kernel's own floor and against other runtimes, on this machine, in this run. Only
// ratios of things measured in turns mean anything from one machine to the next; the milliseconds are for the reader.
Settings settings = Settings.Parse(args);
List<Row> rows = [];
await using (Subject subject = await Subject.OpenAsync(settings))
{
    foreach ((string name, Func<Subject, Task<Row[]>> measure) in Catalogue.Measurements)
    {
        if (!name.Contains(settings.Filter, StringComparison.OrdinalIgnoreCase))
        {
            continue;
        }

        Row[] measured;
        try
        {
            measured = await measure(subject);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // One peer that does not run on this host must not cost the other figures.
            measured = [Row.NotMeasured(name, e)];
        }

        foreach (Row row in measured)
        {
            Console.WriteLine(row.ToText());
            rows.Add(row);
        }
    }
}

if (settings.Results is { } path && settings.Filter.Length == 0)
{
    File.WriteAllText(path, Report.Markdown(rows));
    Console.WriteLine($"written to {path}");
}

return rows.Count == 0 || rows.Any(row => row.Failed) ? 1 : 0;
