using System.Net;
using System.Net.Sockets;
using Zones.Catalogue;
using Zones.Interop;
using Zones.Server.Peers;
using Zones.Wire;

namespace Zones.Server;

/// <summary>The socket of a served host: who holds the lock beside it may put its own in the place of a dead one's.</summary>
internal sealed class Listener : IDisposable
{
    private readonly ServerOptions _options;
    private readonly ZoneLock _lock;
    private bool _bound;

    private Listener(ServerOptions options, ZoneLock taken) => (_options, _lock) = (options, taken);

    /// <summary>Claims the socket's path.</summary>
    /// <exception cref="ZoneException">A served host is there, or no socket can be.</exception>
    public static async Task<Listener> ClaimAsync(ServerOptions options)
    {
        ThrowIfNoPlace(options.Socket);
        Directory.CreateDirectory(options.State, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(1));
        try
        {
            string name = "." + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(options.Socket)))[..16] + ".serve";
            return new(options, await ZoneLock.AcquireAsync(options.State, name, limit.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            throw new ZoneException($"{options.Socket}: a host is served there already; end that, or name another socket") { Path = options.Socket };
        }
    }

    /// <summary>Makes the socket, which takes connections only when it is listened at: with the mode that it is to have.</summary>
    public Socket Bind(EndPoint address)
    {
        ThrowIfNoPlace(_options.Socket);
        if (FileStatus.Of(_options.Socket) is not null)
        {
            if (IsAnswered(address))
            {
                throw new ZoneException($"{_options.Socket}: another program listens there; name another socket") { Path = _options.Socket };
            }

            File.Delete(_options.Socket);
        }

        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(address);
            _bound = true;

            // The very socket: in a directory that is not root's, something else may have its name by now.
            using SafeFd made = Kernel.Open(_options.Socket, Linux.O_PATH | Linux.O_NOFOLLOW, out int errno) ?? throw KernelError.On("cannot open it", _options.Socket, errno);
            if (FileStatus.Of(made) is not { IsSocket: true })
            {
                throw new ZoneException($"{_options.Socket}: somebody has put something else in its place; name a socket in a directory that is root's") { Path = _options.Socket };
            }

            UnixFileMode everybody = UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
            UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
            if (_options.Group is { } name)
            {
                uint group = new Accounts().Find("@" + name) ?? throw new ZoneException($"{name}: no such group on this host");
                Own(made, group);
            }
            else
            {
                mode |= everybody;
            }

            File.SetUnixFileMode($"/proc/self/fd/{made.Number}", mode);
            return socket;
        }
        catch (Exception e)
        {
            socket.Dispose();
            throw e is SocketException broken ? new ZoneException($"{_options.Socket}: cannot listen there: {KernelError.Describe(broken.NativeErrorCode)}", broken) { Path = _options.Socket, Errno = broken.NativeErrorCode } : e;
        }
    }

    public void Dispose()
    {
        if (_bound)
        {
            File.Delete(_options.Socket);
        }

        _lock.Remove();
        _lock.Dispose();
    }

    private static void ThrowIfNoPlace(string socket)
    {
        string? problem = FileStatus.Of(socket) is { } there
            ? there.IsSocket ? null : there.IsDirectory ? "is a directory" : "is there already and is no socket"
            : Directory.Exists(Path.GetDirectoryName(socket)) ? null : "its directory is not there";
        if (problem is not null)
        {
            throw new ZoneException($"{socket}: {problem}; name another socket with --socket") { Path = socket };
        }
    }

    private static bool IsAnswered(EndPoint address)
    {
        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(address);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private unsafe void Own(SafeFd made, uint group)
    {
        byte nothing = 0;
        long result = Kernel.Call(Linux.Fchownat, made.Number, (long)&nothing, uint.MaxValue, group, Linux.AT_EMPTY_PATH);
        if (result < 0)
        {
            throw KernelError.On("cannot give it to the group", _options.Socket, (int)-result);
        }
    }
}
