import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import './Code.css';

/** Text for a file or a terminal, with a button that copies it. */
export function Code({ name, text }: { name: string; text: string }) {
  return (
    <div className="code">
      <div className="code-head">
        <span className="code-name">{name}</span>
        <CopyToClipboard
          textToCopy={text}
          copyButtonText="Copy"
          copyButtonAriaLabel={`Copy ${name}`}
          copySuccessText="Copied"
          copyErrorText="It could not be copied"
        />
      </div>
      <pre className="code-text" tabIndex={0} role="region" aria-label={name}>
        {text}
      </pre>
    </div>
  );
}
