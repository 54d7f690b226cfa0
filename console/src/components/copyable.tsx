import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';

/** Text with a button that copies it. */
export function copyable(text: string) {
  return (
    <CopyToClipboard
      variant="inline"
      textToCopy={text}
      copyButtonAriaLabel={`Copy ${text}`}
      copySuccessText="Copied"
      copyErrorText="It could not be copied"
    />
  );
}
