using Zones.Domains.Compare.Measuring;

namespace Zones.Domains.Compare;

/// <summary>What is run on each side: from the spec, the user's workload and the options.</summary>
/// <param name="Init">What is booted; null means our idle program.</param>
/// <param name="AnswerLine">Its answer is a line that contains this.</param>
/// <param name="AnswerTcp">Its answer is that it takes connections here.</param>
/// <param name="Runs">Commands that are timed.</param>
/// <param name="Spell">How long one loop goes on.</param>
/// <param name="Memory">How many fit in this, bytes.</param>
internal sealed record ComparePlan(SpecList<string>? Init, string? AnswerLine, int? AnswerTcp, SpecList<WorkloadRun> Runs, TimeSpan Spell, long Memory)
{
    /// <summary>What our idle program says.</summary>
    private const string OurAnswer = "answer";

    /// <summary>For people.</summary>
    public string Description => Init is null ? "this library's own idle program" : string.Join(' ', Init);

    /// <summary>Puts it together.</summary>
    public static ComparePlan Of(ZoneSpec spec, CompareOptions options, Machine machine)
    {
        Workload work = options.Work ?? new();
        SpecList<string>? init = work.Command ?? (spec.Init is { } own ? [.. own, .. spec.Bootargs] : null);
        bool says = work.AnswerLine is not null || work.AnswerTcp is not null;
        if (says && init is null)
        {
            throw new ZoneSpecException([new("answer", null, "the spec has no init and the workload no command, so nobody answers; give it a command")]) { Operation = "compare" };
        }

        string? line = init is null ? OurAnswer : work.AnswerLine;
        int? port = says ? work.AnswerTcp : work.Command is null ? spec.Readiness?.Tcp : null;
        return new(init, line, port, work.Run, options.Spell, options.Memory?.Bytes ?? machine.Memory);
    }
}
