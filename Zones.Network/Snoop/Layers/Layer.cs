namespace Zones.Network.Snoop.Layers;

/// <summary>One protocol of a packet. What it says is worked out when it is asked for.</summary>
/// <remarks>Packets come from anybody. Whatever reading a hostile one throws, PacketDotNet's exceptions of many kinds included, is contained here
/// and told as <see cref="Error"/>: a packet never ends a capture.</remarks>
public abstract class Layer
{
    private string? _summary;
    private FieldList? _fields;

    /// <summary>The protocol as lines begin with it, such as <c>ETHER</c>.</summary>
    public abstract string Protocol { get; }

    /// <summary>The head of its block, such as <c>Ether Header</c>.</summary>
    public abstract string Title { get; }

    /// <summary>It in one line, as snoop(1M) has it.</summary>
    public string Summary
    {
        get
        {
            try
            {
                return _summary ??= Summarize();
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Error ??= Complaint(e);
                return _summary = $"{Protocol} ({Error})";
            }
        }
    }

    /// <summary>Everything in it; as much of it as could be read when <see cref="Error"/> is set.</summary>
    public FieldList Fields
    {
        get
        {
            if (_fields is null)
            {
                _fields = [];
                try
                {
                    Describe(_fields);
                }
                catch (Exception e) when (e is not OutOfMemoryException)
                {
                    Error ??= Complaint(e);
                }

                if (Error is not null)
                {
                    _fields.Add("error", Error);
                }
            }

            return _fields;
        }
    }

    /// <summary>Why it could not be read to its end; null when it could, or nobody has asked yet.</summary>
    public string? Error { get; private protected set; }

    /// <summary>Makes <see cref="Summary"/>.</summary>
    protected abstract string Summarize();

    /// <summary>Makes <see cref="Fields"/>.</summary>
    /// <param name="fields">Gets them.</param>
    protected abstract void Describe(FieldList fields);

    /// <summary>What an exception means for the packet.</summary>
    /// <param name="e">What reading threw.</param>
    private protected virtual string Complaint(Exception e) => "malformed";
}
