namespace ClamProxy.Soak.Buckets;

/// <summary>How the three buckets of a flow keep versions.</summary>
internal enum Versioning
{
    Off,
    On,

    /// <summary>It was on: what is put has the version <c>null</c>, in place of an earlier one of that name.</summary>
    Suspended,
}
