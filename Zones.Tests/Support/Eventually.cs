using System.Runtime.CompilerServices;

namespace Zones.Tests.Support;

/// <summary>For what becomes true by itself.</summary>
internal static class Eventually
{
    /// <summary>In which it would have come true on any machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Asks again until it is true; fails with <paramref name="otherwise"/>, or else the condition's own text, when it never is.</summary>
    public static Task TrueAsync(Func<Task<bool>> condition, [CallerArgumentExpression(nameof(condition))] string otherwise = "") => TrueAsync(Patience, condition, otherwise);

    /// <summary>The same for what takes longer, such as the boot of an emulated machine.</summary>
    public static async Task TrueAsync(TimeSpan patience, Func<Task<bool>> condition, [CallerArgumentExpression(nameof(condition))] string otherwise = "")
    {
        long deadline = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        while (!await condition())
        {
            Assert.True(Environment.TickCount64 < deadline, otherwise);
            await Task.Delay(10);
        }
    }

    /// <summary>The same for a condition that answers at once.</summary>
    public static Task TrueAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string otherwise = "") => TrueAsync(() => Task.FromResult(condition()), otherwise);
}
