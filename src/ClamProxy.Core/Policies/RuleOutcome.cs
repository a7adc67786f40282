namespace ClamProxy.Core.Policies;

/// <summary>Whether a rule was added or removed.</summary>
public enum RuleOutcome
{
    None = 0,

    /// <summary>It was, and counts for the next answer.</summary>
    Done,

    /// <summary>It is not one that a file may have.</summary>
    Invalid,

    /// <summary>There is none of this id.</summary>
    NotFound,

    /// <summary>It stands in the operator's own file, which no process changes.</summary>
    InOwnFile,

    /// <summary>As many as MaxAddedRules allows are there already.</summary>
    TooMany,

    /// <summary>There is no folder for rules that are added.</summary>
    NoFolder,

    /// <summary>The file could not be read or written.</summary>
    Failed,
}
