using ClamProxy.Core.Download;

namespace ClamProxy.Core.Gate;

/// <summary>What a door asks the gate for.</summary>
/// <param name="Target">The upstream URL.</param>
/// <param name="Headers">The header fields that go upstream, as they are to be sent.</param>
/// <param name="CacheScan">True: the source is immutable, so an earlier verdict may answer.</param>
/// <param name="NeedsWholeFile">True: the door serves parts of the file, so all of it has to be here first.</param>
public sealed record GateRequest(
    Target Target, IReadOnlyList<KeyValuePair<string, string>> Headers, bool CacheScan, bool NeedsWholeFile);
