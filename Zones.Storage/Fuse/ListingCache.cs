namespace Zones.Storage.Fuse;

/// <summary>The few pages of listings that are under way. The server gives hundreds of entries at once, the kernel takes a few dozen at
/// a time: the rest waits here for the kernel to come back with the last cookie it took.</summary>
internal sealed class ListingCache
{
    private const int MostPages = 16;

    private readonly LinkedList<Listing> _pages = new();

    /// <summary>The page that goes on after a cookie, taken out; null when it is not here.</summary>
    public Listing? Take(ulong directory, ulong cookie, bool plus)
    {
        // The start is always asked for anew: rewinddir(3) shows what is there now.
        if (cookie == 0)
        {
            return null;
        }

        lock (_pages)
        {
            for (LinkedListNode<Listing>? node = _pages.First; node is not null; node = node.Next)
            {
                Listing page = node.Value;
                if (page.Directory == directory && page.After == cookie && (page.HasFiles || !plus))
                {
                    _pages.Remove(node);
                    return page;
                }
            }

            return null;
        }
    }

    /// <summary>Keeps what is left of a page; the one that was not come back to for longest is dropped.</summary>
    public void Keep(Listing page)
    {
        lock (_pages)
        {
            _pages.AddFirst(page);
            if (_pages.Count > MostPages)
            {
                _pages.RemoveLast();
            }
        }
    }
}

/// <summary>What is left of a page.</summary>
/// <param name="Directory">The node.</param>
/// <param name="After">The cookie after which it goes on.</param>
/// <param name="Page">All of the page.</param>
/// <param name="Next">The first entry of it that was not taken.</param>
/// <param name="HasFiles">Whether attributes and handles came with it.</param>
internal sealed record Listing(ulong Directory, ulong After, RemotePage Page, int Next, bool HasFiles);
