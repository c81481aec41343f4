using Zones.Rpc.Protocols;

namespace Zones.Rpc;

/// <summary>Names in directories: found, made, removed.</summary>
public sealed partial class NfsClient
{
    /// <summary>Finds a name in a directory (LOOKUP).</summary>
    /// <param name="directory">Its handle.</param>
    /// <param name="name">One name.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async ValueTask<NfsFile> LookupAsync(NfsFh3 directory, XdrString name, CancellationToken cancellationToken = default)
    {
        Lookup3Res result = await _nfs.LookupAsync(new(new(directory, name)), cancellationToken).ConfigureAwait(false);
        Check(result.Status, "LOOKUP", name);
        return new NfsFile(result.Resok.Object, Told(result.Resok.ObjAttributes));
    }

    /// <summary>Finds a path below the export's directory, a LOOKUP a name. Symbolic links are not followed.</summary>
    /// <param name="path">Names between slashes; a slash at either end means nothing.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async ValueTask<NfsFile> LookupPathAsync(string path, CancellationToken cancellationToken = default)
    {
        NfsFile file = new(Root, null);
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                file = await LookupAsync(file.Handle, name, cancellationToken).ConfigureAwait(false);
            }
            catch (NfsException error)
            {
                throw new NfsException(error.Status, error.Procedure, path);
            }
        }

        return file.Attributes is null ? file with { Attributes = await GetattrAsync(file.Handle, cancellationToken).ConfigureAwait(false) } : file;
    }

    /// <summary>Makes a regular file (CREATE).</summary>
    /// <param name="directory">Its handle.</param>
    /// <param name="name">One name.</param>
    /// <param name="how">UNCHECKED, GUARDED or EXCLUSIVE, and what goes with it.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async ValueTask<NfsFile> CreateAsync(NfsFh3 directory, XdrString name, Createhow3 how, CancellationToken cancellationToken = default)
    {
        Create3Res result = await _nfs.CreateAsync(new(new(directory, name), how), cancellationToken).ConfigureAwait(false);
        Check(result.Status, "CREATE", name);
        return await MadeAsync(directory, name, result.Resok.Obj, result.Resok.ObjAttributes, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes a directory (MKDIR).</summary>
    /// <param name="directory">The handle of the one above.</param>
    /// <param name="name">One name.</param>
    /// <param name="attributes">What it gets.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async ValueTask<NfsFile> MkdirAsync(NfsFh3 directory, XdrString name, Sattr3 attributes, CancellationToken cancellationToken = default)
    {
        Mkdir3Res result = await _nfs.MkdirAsync(new(new(directory, name), attributes), cancellationToken).ConfigureAwait(false);
        Check(result.Status, "MKDIR", name);
        return await MadeAsync(directory, name, result.Resok.Obj, result.Resok.ObjAttributes, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes a symbolic link (SYMLINK).</summary>
    /// <param name="directory">Its handle.</param>
    /// <param name="name">One name.</param>
    /// <param name="target">Where it leads.</param>
    /// <param name="attributes">What it gets.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async ValueTask<NfsFile> SymlinkAsync(NfsFh3 directory, XdrString name, XdrString target, Sattr3 attributes = default, CancellationToken cancellationToken = default)
    {
        Symlink3Res result = await _nfs.SymlinkAsync(new(new(directory, name), new(attributes, target)), cancellationToken).ConfigureAwait(false);
        Check(result.Status, "SYMLINK", name);
        return await MadeAsync(directory, name, result.Resok.Obj, result.Resok.ObjAttributes, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes a device, a socket or a fifo (MKNOD).</summary>
    /// <param name="directory">Its handle.</param>
    /// <param name="name">One name.</param>
    /// <param name="what">Which, and what it gets.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async ValueTask<NfsFile> MknodAsync(NfsFh3 directory, XdrString name, Mknoddata3 what, CancellationToken cancellationToken = default)
    {
        Mknod3Res result = await _nfs.MknodAsync(new(new(directory, name), what), cancellationToken).ConfigureAwait(false);
        Check(result.Status, "MKNOD", name);
        return await MadeAsync(directory, name, result.Resok.Obj, result.Resok.ObjAttributes, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes a name of what is no directory (REMOVE).</summary>
    /// <param name="directory">Its handle.</param>
    /// <param name="name">One name.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async ValueTask RemoveAsync(NfsFh3 directory, XdrString name, CancellationToken cancellationToken = default)
    {
        Remove3Res result = await _nfs.RemoveAsync(new(new(directory, name)), cancellationToken).ConfigureAwait(false);
        Check(result.Status, "REMOVE", name);
    }

    /// <summary>Removes an empty directory (RMDIR).</summary>
    /// <param name="directory">The handle of the one above.</param>
    /// <param name="name">One name.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async ValueTask RmdirAsync(NfsFh3 directory, XdrString name, CancellationToken cancellationToken = default)
    {
        Rmdir3Res result = await _nfs.RmdirAsync(new(new(directory, name)), cancellationToken).ConfigureAwait(false);
        Check(result.Status, "RMDIR", name);
    }

    /// <summary>Gives a file another name, in place of one that is there (RENAME).</summary>
    /// <param name="directory">The handle of the directory that it is in.</param>
    /// <param name="name">The name that it has.</param>
    /// <param name="toDirectory">The handle of the directory that it comes to.</param>
    /// <param name="toName">The name that it gets.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async ValueTask RenameAsync(NfsFh3 directory, XdrString name, NfsFh3 toDirectory, XdrString toName, CancellationToken cancellationToken = default)
    {
        Rename3Res result = await _nfs.RenameAsync(new(new(directory, name), new(toDirectory, toName)), cancellationToken).ConfigureAwait(false);
        Check(result.Status, "RENAME", name);
    }

    /// <summary>Gives a file a further name (LINK).</summary>
    /// <param name="file">Its handle.</param>
    /// <param name="directory">The handle of the directory that gets the name.</param>
    /// <param name="name">One name.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async ValueTask LinkAsync(NfsFh3 file, NfsFh3 directory, XdrString name, CancellationToken cancellationToken = default)
    {
        Link3Res result = await _nfs.LinkAsync(new(file, new(directory, name)), cancellationToken).ConfigureAwait(false);
        Check(result.Status, "LINK", name);
    }

    private static Fattr3? Told(PostOpAttr attributes) => attributes.AttributesFollow ? attributes.Attributes : null;

    /// <summary>A server need not tell the handle of what it made; then it is looked up.</summary>
    private async ValueTask<NfsFile> MadeAsync(NfsFh3 directory, XdrString name, PostOpFh3 handle, PostOpAttr attributes, CancellationToken cancellationToken) =>
        handle.HandleFollows ? new NfsFile(handle.Handle, Told(attributes)) : await LookupAsync(directory, name, cancellationToken).ConfigureAwait(false);
}
