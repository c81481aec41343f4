using System.Collections.Concurrent;
using System.Text;
using Dapper;
using Microsoft.Data.Sqlite;
using Zones.Interop;
using Zones.Wire;

[module: DapperAot]

namespace Zones.Catalogue;

/// <summary>How sure a commit must be.</summary>
internal enum Durability
{
    /// <summary>Survives the death of every process, not the loss of power: for rows of things that die with the kernel.</summary>
    Normal,

    /// <summary>Survives the loss of power: specs, installs, leases.</summary>
    Full,
}

/// <summary>The SQLite file STATE/zones.db: opening it, its versions, and transactions that turn its errors into ours.
/// Connections are kept open, since opening one costs more than a transaction. Nothing is made by reading.</summary>
internal sealed class Store(string stateDirectory) : IDisposable
{
    private const int KeptConnections = 8;
    private const int BusyTimeout = 5000; // ms

    /// <summary>Held while the file is new and not closed yet: see <see cref="MakeFile"/>.</summary>
    private static readonly Lock s_making = new();

    private readonly ConcurrentBag<SqliteConnection> _idle = [];
    private bool _disposed;

    /// <summary>STATE/zones.db.</summary>
    public string FilePath { get; } = Path.Combine(stateDirectory, "zones.db");

    public void Dispose()
    {
        _disposed = true;
        while (_idle.TryTake(out SqliteConnection? connection))
        {
            connection.Dispose();
        }
    }

    /// <summary>Reads; <paramref name="nothing"/> when there is no catalogue yet.</summary>
    public T Read<T>(Func<SqliteConnection, T> query, T nothing)
    {
        if (_idle.IsEmpty && !File.Exists(FilePath))
        {
            RefuseHidden();
            return nothing;
        }

        return Use(query);
    }

    /// <summary>One transaction that changes something; made whole or not at all.</summary>
    public T Write<T>(Durability durability, Func<SqliteConnection, T> change)
    {
        return Use(connection =>
        {
            // NORMAL in WAL mode syncs only at checkpoints; the setting is the connection's, so each transaction says what it needs.
            Run(connection, durability == Durability.Full ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
            return InTransaction(connection, () => change(connection));
        });
    }

    /// <summary>A catalogue that cannot be seen is not one that is not there, nor is a place where this user could make none a host without zones.</summary>
    private void RefuseHidden()
    {
        using SafeFd? file = Kernel.Open(FilePath, Linux.O_PATH, out int errno);
        if (errno == Linux.ENOENT && IsDenied(NearestDirectory()))
        {
            errno = Linux.EACCES;
        }

        if (errno is not (0 or Linux.ENOENT))
        {
            throw KernelError.On("no catalogue can be read here", stateDirectory, errno, errno == Linux.EACCES ? NeedsRoot.Advice : "name a directory with --state or ZONES_STATE");
        }
    }

    /// <summary>The state directory, or the one above it in which it would be made.</summary>
    private string NearestDirectory()
    {
        string place = stateDirectory;
        while (!Directory.Exists(place) && Path.GetDirectoryName(place) is { } above)
        {
            place = above;
        }

        return place;
    }

    private T Use<T>(Func<SqliteConnection, T> action)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(ZoneHost));
        SqliteConnection? connection = null;
        try
        {
            connection = _idle.TryTake(out SqliteConnection? idle) ? idle : Open();
            T result = action(connection);
            if (_idle.Count < KeptConnections && !_disposed)
            {
                _idle.Add(connection);
                connection = null;
            }

            return result;
        }
        catch (SqliteException e)
        {
            throw Translate(e);
        }
        finally
        {
            connection?.Dispose();
        }
    }

    private SqliteConnection Open()
    {
        MakeDirectory();
        MakeFile();
        SqliteConnection connection = new(new SqliteConnectionStringBuilder
        {
            DataSource = FilePath,
            Pooling = false,
            DefaultTimeout = BusyTimeout / 1000,
        }.ToString());
        try
        {
            connection.Open();
            SQLitePCL.raw.sqlite3_busy_timeout(connection.Handle, BusyTimeout);
            Run(connection, "PRAGMA journal_mode=WAL");

            // What undoes a statement that fails is 64 KiB at a time unless it may stay in memory, and malloc(3) gives that back to the
            // kernel after each statement.
            Run(connection, "PRAGMA temp_store=MEMORY");
            Migrations.Apply(connection, FilePath);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void MakeDirectory()
    {
        if (Directory.Exists(stateDirectory))
        {
            RefuseNetworkFileSystem();
            return;
        }

        try
        {
            Directory.CreateDirectory(stateDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ZoneException($"{stateDirectory}: cannot make the state directory: {Reason(e)}; name another with --state or ZONES_STATE", e) { Path = stateDirectory };
        }

        RefuseNetworkFileSystem();
    }

    /// <summary>For root alone, whoever made the directory and however open it is: specs hold what their <c>env</c> keeps secret. SQLite gives its other
    /// files the same mode. Only ever a new one, since whoever closes it lets go of all locks that his process has on it (fcntl(2)). What is wrong
    /// SQLite says better.</summary>
    private void MakeFile()
    {
        lock (s_making)
        {
            if (!File.Exists(FilePath))
            {
                Kernel.Open(FilePath, Linux.O_RDWR | Linux.O_CREAT | Linux.O_EXCL, out _, 0x180 /* 0600 */)?.Dispose();
            }
        }
    }

    private string Reason(Exception e) => e switch
    {
        UnauthorizedAccessException => "permission denied; " + NeedsRoot.Advice,
        _ when File.Exists(stateDirectory) => "it is a file",
        DirectoryNotFoundException or FileNotFoundException => "nothing can be made there",
        _ => Text.Sentence(e.Message),
    };

    /// <summary>SQLite's write-ahead log needs shared memory between its users, which no network file system gives.</summary>
    private void RefuseNetworkFileSystem()
    {
        if (NetworkFileSystem.Holds(stateDirectory))
        {
            throw new ZoneException($"{stateDirectory}: is on a network file system, on which the catalogue cannot be shared safely; name a local directory with --state or ZONES_STATE") { Path = stateDirectory };
        }
    }

    /// <summary>Between BEGIN IMMEDIATE and COMMIT. In SQL, since Dapper takes a transaction object away from commands that are not handed one.</summary>
    internal static T InTransaction<T>(SqliteConnection connection, Func<T> change)
    {
        Run(connection, "BEGIN IMMEDIATE");
        try
        {
            T result = change();
            Run(connection, "COMMIT");
            return result;
        }
        catch
        {
            // A full disk or a lost one ends the transaction by itself.
            if (SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) == 0)
            {
                Run(connection, "ROLLBACK");
            }

            throw;
        }
    }

    /// <summary>A statement without parameters or result, without the command object that costs more than a COMMIT; waiting for
    /// others is SQLite's own, which looks again after a millisecond where SqliteCommand sleeps 150.</summary>
    internal static void Run(SqliteConnection connection, string sql) =>
        SqliteException.ThrowExceptionForRC(SQLitePCL.raw.sqlite3_exec(connection.Handle, sql), connection.Handle);

    private ZoneException Translate(SqliteException e)
    {
        const int busy = 5, locked = 6, readOnly = 8, full = 13, corrupt = 11, cannotOpen = 14, notADatabase = 26, ioError = 10;

        if (e.SqliteErrorCode is cannotOpen or readOnly && (IsDenied(FilePath) || IsDenied(stateDirectory)))
        {
            return KernelError.On("the catalogue cannot be read and written", FilePath, Linux.EACCES, NeedsRoot.Advice);
        }

        // Beside the file, WAL mode needs two more, so a read-only file system shows as one that cannot be opened.
        int code = e.SqliteErrorCode == cannotOpen && Access(stateDirectory) == -Linux.EROFS ? readOnly : e.SqliteErrorCode;
        string advice = code switch
        {
            busy or locked => "another process holds it for more than 5 s; try again",
            readOnly => "it cannot be written: the file system or the file is read-only; remount it, or name another state directory with --state or ZONES_STATE",
            full => "the file system is full; make room and try again",
            corrupt or notADatabase => "it is damaged or no catalogue of zones; put back a copy, or move it away to begin anew",
            cannotOpen => "it cannot be opened: zones need a local state directory that can be written",
            ioError => "the disk does not answer as it should, or is full",
            _ => e.Message,
        };
        return new ZoneException($"{FilePath}: {advice} (sqlite error {e.SqliteExtendedErrorCode})", e)
        {
            Path = FilePath,
            IsTransient = code is busy or locked,
            Errno = code switch { full => Linux.ENOSPC, readOnly => Linux.EROFS, _ => 0 },
        };
    }

    /// <summary>Whether this user may not write a file or directory that is there.</summary>
    private static bool IsDenied(string path) => Access(path) == -Linux.EACCES;

    /// <summary>0 when this user may write there, else the negative error number (access(2)).</summary>
    private static unsafe long Access(string path)
    {
        const long writable = 2;
        fixed (byte* start = Encoding.UTF8.GetBytes(path + "\0"))
        {
            return Kernel.Call(Linux.Access, (long)start, writable);
        }
    }
}
