import { Alert, Typography } from 'antd';

interface Props {
  title: string;
  value: string;
  /** Puts it away where it stands on a page; a dialog has a button of its own. */
  close?: () => void;
}

/** A secret that was made, in the only answer that ever has it. */
export function Secret({ title, value, close }: Props) {
  return (
    <Alert
      type="success"
      showIcon
      closable={close && { onClose: close }}
      title={title}
      description={
        <Typography.Text copyable className="secret" data-testid="secret">
          {value}
        </Typography.Text>
      }
    />
  );
}
