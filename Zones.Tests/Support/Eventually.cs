namespace Zones.Tests.Support;

/// <summary>For what becomes true by itself.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Asks again until it is true; fails with <paramref name="otherwise"/> when it never is.</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, string otherwise)
    {
        long deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!await condition())
        {
            Assert.True(Environment.TickCount64 < deadline, otherwise);
            await Task.Delay(20);
        }
    }
}
