using System.Collections;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.FileProviders.Physical;
using Microsoft.Extensions.Primitives;

namespace Sallyport.Serving;

/// <summary>The files below one directory, and nothing else: no dot files, and no symbolic link that leads out of it.</summary>
internal sealed class ContainedFiles : IFileProvider
{
    private readonly string _root;

    public ContainedFiles(string directory)
    {
        _root = RealPath.Resolve(directory) ?? throw new IOException($"The symbolic links of {directory} go in a circle.");
    }

    public IFileInfo GetFileInfo(string subpath)
    {
        if (Locate(subpath) is not { } real || !File.Exists(real)) return new NotFoundFileInfo(subpath);
        var file = new FileInfo(real);
        // A pipe or a device has no length, and opening one may wait for ever; what is empty needs no opening.
        return file.Length == 0 ? new EmptyFile(file) : new PhysicalFileInfo(file);
    }

    public IDirectoryContents GetDirectoryContents(string subpath)
    {
        if (Locate(subpath) is not { } real || !Directory.Exists(real)) return NotFoundDirectoryContents.Singleton;
        return new Contents(new DirectoryInfo(real).EnumerateFileSystemInfos().Where(entry => Locate(Path.Join(subpath, entry.Name)) is not null).OrderBy(entry => entry.Name, StringComparer.Ordinal));
    }

    public IChangeToken Watch(string filter) => NullChangeToken.Singleton;

    /// <summary>The real path behind a request's path; null when it is not to be served.</summary>
    private string? Locate(string subpath)
    {
        var names = subpath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (names.Any(name => name[0] == '.' || name.AsSpan().ContainsAny('\\', '\0'))) return null;
        var real = RealPath.Resolve(Path.Join(_root, string.Join(Path.DirectorySeparatorChar, names)));
        return real is not null && RealPath.IsWithin(real, _root) ? real : null;
    }

    private sealed class Contents(IEnumerable<FileSystemInfo> entries) : IDirectoryContents
    {
        public bool Exists => true;

        public IEnumerator<IFileInfo> GetEnumerator()
        {
            foreach (var entry in entries)
            {
                var isDirectory = entry is DirectoryInfo || Directory.Exists(entry.FullName);
                yield return isDirectory ? new PhysicalDirectoryInfo(new DirectoryInfo(entry.FullName)) : new PhysicalFileInfo(new FileInfo(entry.FullName));
            }
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private sealed class EmptyFile(FileInfo file) : IFileInfo
    {
        public bool Exists => true;

        public bool IsDirectory => false;

        public DateTimeOffset LastModified => file.LastWriteTimeUtc;

        public long Length => 0;

        public string Name => file.Name;

        public string? PhysicalPath => null;

        public Stream CreateReadStream() => Stream.Null;
    }
}
