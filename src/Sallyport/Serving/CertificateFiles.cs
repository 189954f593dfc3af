using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sallyport.Serving;

/// <summary>Reads a server's certificate, chain and key from PEM files.</summary>
public static class CertificateFiles
{
    /// <summary>The certificate with its key first, then the chain in the order of the file.</summary>
    /// <param name="certificates">A PEM file: the server's own certificate, then any intermediate ones.</param>
    /// <param name="key">A PEM file with the unencrypted private key of the first certificate.</param>
    /// <exception cref="IOException">A file is missing, is not PEM, or the key is not the certificate's; the message names the files.</exception>
    public static X509Certificate2Collection Load(string certificates, string key)
    {
        try
        {
            var chain = new X509Certificate2Collection { X509Certificate2.CreateFromPemFile(certificates, key) };
            var all = new X509Certificate2Collection();
            all.ImportFromPemFile(certificates);
            foreach (var intermediate in all.Skip(1)) chain.Add(intermediate);
            return chain;
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException or UnauthorizedAccessException or IOException)
        {
            throw new IOException($"Cannot use the certificate {certificates} with the key {key}: {failure.Message}", failure);
        }
    }
}
