using ClamProxy.Core.Spool;

namespace ClamProxy.Doors.Api;

/// <summary>A file of a request that is here, whole.</summary>
/// <param name="Content">Its bytes; to be disposed of by whoever read the request.</param>
/// <param name="Name">What its sender calls it; null: nothing. Untrusted.</param>
internal sealed record UploadedFile(SpoolFile Content, string? Name);
