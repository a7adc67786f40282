namespace ClamProxy.Core.Store;

/// <summary>What the disk is asked for. A full one can still be read.</summary>
internal enum StoreWork
{
    None = 0,
    Reading,
    Writing,
    Tidying,
}
