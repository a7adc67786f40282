using ClamProxy.Core.Buckets;

namespace ClamProxy.Soak.Buckets;

/// <summary>Cells that differ in nothing but the request at which something happens.</summary>
/// <param name="Change">Null: nothing happens.</param>
internal sealed record RaceKind(BucketAction Action, Versioning Versioning, RaceContent Content, ObjectChange? Change);
