namespace Zones.Rpc;

/// <summary>The errors of unions that are asked for an arm they do not have.</summary>
public static class XdrUnion
{
    /// <summary>An accessor was asked for an arm that is not there.</summary>
    /// <param name="arm">Its name.</param>
    /// <param name="discriminant">What the union has.</param>
    /// <typeparam name="T">The discriminant's type.</typeparam>
    public static InvalidOperationException NotThere<T>(string arm, T discriminant) => new($"there is no {arm} where the discriminant is {discriminant}");

    /// <summary>A factory was given a discriminant of another arm.</summary>
    /// <param name="arm">Its name.</param>
    /// <param name="discriminant">What was given.</param>
    /// <typeparam name="T">The discriminant's type.</typeparam>
    public static ArgumentException HasNot<T>(string arm, T discriminant) => new($"the arm of {discriminant} is not {arm}", nameof(discriminant));

    /// <summary>A factory of the void arms was given a discriminant of another arm.</summary>
    /// <param name="discriminant">What was given.</param>
    /// <typeparam name="T">The discriminant's type.</typeparam>
    public static ArgumentException IsNotVoid<T>(T discriminant) => new($"the arm of {discriminant} is not void", nameof(discriminant));

    /// <summary>A union that was never given a value has no arm to write.</summary>
    /// <param name="discriminant">What it has.</param>
    /// <typeparam name="T">The discriminant's type.</typeparam>
    public static XdrException NoArm<T>(T discriminant) => new($"the union has no arm for {discriminant}");
}
