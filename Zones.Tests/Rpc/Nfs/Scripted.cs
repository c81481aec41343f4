using System.Reflection;

namespace Zones.Tests.Rpc.Nfs;

/// <summary>A server of any interface, of whose procedures only those that a test scripts are there.</summary>
public class Scripted : DispatchProxy
{
    private readonly Dictionary<string, Func<object?[], object>> _methods = [];

    /// <summary>Makes one.</summary>
    /// <param name="methods">Names of methods, and what they do with their arguments.</param>
    public static T Of<T>(params (string Name, Func<object?[], object> Method)[] methods)
        where T : class
    {
        T server = Create<T, Scripted>();
        foreach ((string name, Func<object?[], object> method) in methods)
        {
            ((Scripted)(object)server)._methods.Add(name, method);
        }

        return server;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        _methods.TryGetValue(targetMethod!.Name, out Func<object?[], object>? method) ? method(args!) : throw new NotImplementedException(targetMethod.Name);
}
